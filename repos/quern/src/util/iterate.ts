/** The items in their order, each once. */
export function unique<T>(items: Iterable<T>): T[] {
  return [...new Set(items)];
}

/** Items under the key that they share, keys in the order of their first item. */
export function groupInto<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}

/** The first item that stands there more than once. */
export function firstRepeated<T>(items: Iterable<T>): T | undefined {
  const seen = new Set<T>();
  for (const item of items) {
    if (seen.has(item)) return item;
    seen.add(item);
  }
  return undefined;
}
