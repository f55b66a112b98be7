// What the TypeScript compiler says of every name: index-oracle.cjs TYPESCRIPT FOLDER FILE...
//
// One line per name, tab separated: file, first byte, declarations as `file:byte` joined by blanks. Declarations outside
// the folder are `external`; a module as a whole is `file:0`. Names that declare something themselves are left out.
"use strict";
const path = require("path");
const ts = require(process.argv[2]);
const root = path.resolve(process.argv[3]);
const files = process.argv.slice(4).map((file) => path.join(root, file));

const program = ts.createProgram(files, { ...require("./typescript-options.cjs")(ts), allowJs: true });
const checker = program.getTypeChecker();

const offsets = new Map();
function byte(file, at) {
  let ascii = offsets.get(file);
  if (ascii === undefined) offsets.set(file, (ascii = Buffer.byteLength(file.text) === file.text.length));
  return ascii ? at : Buffer.byteLength(file.text.slice(0, at));
}

function place(declaration) {
  const file = declaration.getSourceFile();
  const name = path.relative(root, file.fileName);
  if (name.startsWith("..") || name.includes("node_modules")) return "external";
  if (ts.isSourceFile(declaration)) return `${name}:0`;
  const node = ts.getNameOfDeclaration(declaration) ?? declaration;
  return `${name}:${byte(file, node.getStart())}`;
}

function symbolOf(node) {
  const parent = node.parent;
  let symbol;
  if (ts.isShorthandPropertyAssignment(parent) && parent.name === node) {
    symbol = checker.getShorthandAssignmentValueSymbol(parent);
  } else if (ts.isBindingElement(parent) && parent.propertyName === node) {
    const type = checker.getTypeAtLocation(parent.parent);
    symbol = type && checker.getPropertyOfType(type, node.text);
  } else {
    symbol = checker.getSymbolAtLocation(node);
  }
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) {
    const aliased = checker.getAliasedSymbol(symbol);
    if (aliased.declarations) return aliased;
    return undefined;
  }
  return symbol;
}

const lines = [];
for (const file of program.getSourceFiles()) {
  const name = path.relative(root, file.fileName);
  if (name.startsWith("..") || name.includes("node_modules")) continue;
  const visit = (node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) {
      const declarations = symbolOf(node)?.declarations ?? [];
      const start = byte(file, node.getStart());
      const places = [...new Set(declarations.map(place))];
      if (places.length > 0 && !places.includes(`${name}:${start}`)) {
        lines.push(`${name}\t${start}\t${places.join(" ")}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}
process.stdout.write(lines.join("\n") + "\n");
