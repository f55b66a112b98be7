// Renames by TypeScript's language service: context-renames.cjs TYPESCRIPT FOLDER, questions in lines of JSON.
//
// `{"do": "definitions"}` answers `[kind, file, name, byte]` of all that is declared outside functions; `{"do": "rename",
// "file": …, "at": byte}` answers `[file, start, end, before, after]` of each place, where a shorthand needs text around
// the name. With a third word `missing` it prints names that the compiler does not find, and ends.
"use strict";
const fs = require("fs");
const path = require("path");
const ts = require(process.argv[2]);
const root = path.resolve(process.argv[3]);

function sources(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === ".git" ? [] : sources(file);
    return /\.[cm]?tsx?$/.test(entry.name) ? [file] : [];
  });
}
const files = sources(root).sort();
const options = require("./typescript-options.cjs")(ts);
const host = {
  getScriptFileNames: () => files,
  getScriptVersion: () => "1",
  getScriptSnapshot: (file) =>
    fs.existsSync(file) ? ts.ScriptSnapshot.fromString(fs.readFileSync(file, "utf8")) : undefined,
  getCurrentDirectory: () => root,
  getCompilationSettings: () => options,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  readDirectory: ts.sys.readDirectory,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
};
const service = ts.createLanguageService(host, ts.createDocumentRegistry());
const program = service.getProgram();

if (process.argv[4] === "missing") {
  const rules = new Set([2304, 2305, 2307, 2339, 2551, 2552, 2724, 2460, 2459, 2353, 2561, 2741, 2739, 2420]);
  for (const file of files) {
    const found = program.getSemanticDiagnostics(program.getSourceFile(file));
    for (const one of found.filter((one) => rules.has(one.code))) {
      console.log(`${path.relative(root, file)} ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`);
    }
  }
  process.exit(0);
}

const bytes = (text, at) => Buffer.byteLength(text.slice(0, at));
const chars = (text, at) => Buffer.from(text).subarray(0, at).toString().length;

function definitions() {
  const found = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    const visit = (node) => {
      const named =
        ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node) || ts.isEnumMember(node) ||
        ts.isMethodDeclaration(node) || ts.isPropertyDeclaration(node) || ts.isPropertySignature(node) ||
        ts.isMethodSignature(node) || ts.isVariableDeclaration(node);
      if (named && node.name && ts.isIdentifier(node.name)) {
        const at = node.name.getStart(source);
        found.push([ts.SyntaxKind[node.kind], path.relative(root, file), node.name.text, bytes(source.text, at)]);
      }
      if (ts.isFunctionLike(node) || ts.isBlock(node)) return;
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(source, visit);
  }
  return found;
}

function rename(file, at) {
  const where = path.join(root, file);
  const position = chars(program.getSourceFile(where).text, at);
  const can = service.getRenameInfo(where, position, {});
  if (!can.canRename) return [];
  const preferences = { providePrefixAndSuffixTextForRename: true };
  const places = service.findRenameLocations(where, position, false, false, preferences) ?? [];
  return places.map((place) => {
    const text = program.getSourceFile(place.fileName).text;
    const end = place.textSpan.start + place.textSpan.length;
    return [path.relative(root, place.fileName), bytes(text, place.textSpan.start), bytes(text, end),
      place.prefixText ?? "", place.suffixText ?? ""];
  });
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => {
    const question = JSON.parse(line);
    const answer = question.do === "definitions" ? definitions() : rename(question.file, question.at);
    process.stdout.write(JSON.stringify(answer) + "\n");
  });
