import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = fileURLToPath(new URL('src', import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@(model|planning|state|hooks|components|format)\//, replacement: `${source}/$1/` },
    ],
  },
  esbuild: { jsx: 'automatic' },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.{ts,tsx}'],
    setupFiles: ['tests/setup.ts'],
  },
});
