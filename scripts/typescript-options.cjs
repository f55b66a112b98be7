// How published packages are compiled by the scripts that ask TypeScript about names.
"use strict";
module.exports = (ts) => ({
  noEmit: true,
  skipLibCheck: true,
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  jsx: ts.JsxEmit.Preserve,
  experimentalDecorators: true,
  types: [],
});
