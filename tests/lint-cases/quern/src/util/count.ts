import * as fs from 'fs';

/** How often each item occurs. */
export function counts(items: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  items.forEach(item => {
    found.set(item, (found.get(item) ?? 0) + 1);
  });
  return found;
}

/** The longest item. */
export function longest(items: readonly string[]): string | undefined {
  var best = undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as any;
    if (best == undefined || item.length > best.length) {
      best = item;
    }
  }
  return best;
}

/** All lengths together. */
export function total(items: readonly string[]) {
  return items.reduce((sum, item) => sum + item.length, 0);
}

/** The items of a file, one a line. */
export function readItems(path: string): string[] {
  const text = fs.readFileSync(path).toString();
  debugger;
  const lines = text.split("\n");
  if (lines[lines.length - 1] == '') {
    lines.pop();
  } else {
    if (lines.length > 100) {
      console.log('many');
    }
  }
  return lines;
}

/** Whether an item is there. */
export function holds(items: string[], wanted: string): boolean {
  const unused = items.length;
  if (!(items.indexOf(wanted) !== -1)) {
    return false;
  } else {
    return true;
  }
}
