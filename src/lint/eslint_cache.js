// Prints the options for eslint's cache where every rule in use looks at one file alone; else nothing. The cache knows
// a file by its own text: what a rule learns from types or imports can change without it.
const fs = require('fs');
const path = require('path');

const CACHE = '--cache --cache-location node_modules/.cache/kerf-eslint/results --cache-strategy content';
const MOST_FILES = 5000;
// Plugins whose rules look at one file, unless they are given types.
const ALONE = [
  '@eslint-community/eslint-comments', '@stylistic', '@stylistic/js', '@stylistic/jsx', '@stylistic/ts',
  '@typescript-eslint', 'eslint-comments', 'jest', 'jest-dom', 'jsdoc', 'jsx-a11y', 'no-only-tests', 'perfectionist',
  'prettier', 'promise', 'react', 'react-hooks', 'react-refresh', 'regexp', 'security', 'simple-import-sort',
  'testing-library', 'unicorn', 'unused-imports', 'vitest',
];

function* sources(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name === '.git') continue;
    if (entry.isDirectory()) yield* sources(name);
    else if (/\.[cm]?[jt]sx?$/.test(entry.name)) yield name;
  }
}

function isAlone(config) {
  const { project, projectService, EXPERIMENTAL_useProjectService, programs } =
    (config.languageOptions ?? config).parserOptions ?? {};
  if (project || projectService || EXPERIMENTAL_useProjectService || programs) return false;
  return Object.entries(config.rules ?? {}).every(([rule, setting]) => {
    const level = Array.isArray(setting) ? setting[0] : setting;
    const plugin = rule.slice(0, Math.max(0, rule.lastIndexOf('/')));
    return level === 0 || level === 'off' || plugin === '' || ALONE.includes(plugin);
  });
}

async function main() {
  const { ESLint, loadESLint } = require(path.resolve('node_modules/eslint'));
  const eslint = new (loadESLint === undefined ? ESLint : await loadESLint())();
  let files = 0;
  for (const file of sources('.')) {
    files += 1;
    if (files > MOST_FILES) return;
    if (await eslint.isPathIgnored(file)) continue;
    const config = await eslint.calculateConfigForFile(file);
    if (config !== undefined && !isAlone(config)) return;
  }
  console.log(CACHE);
}

main().catch(() => undefined);
