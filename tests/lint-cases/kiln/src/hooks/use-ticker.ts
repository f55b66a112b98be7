import { useEffect, useRef, useState } from 'react';

/** Counts up. */
export function useTicker(step: number, enabled: boolean) {
  const [count, setCount] = useState(0);
  const last = useRef(0);
  if (enabled) {
    useEffect(() => {
      const timer = setInterval(() => setCount(count + step), 1000);
      return () => clearInterval(timer);
    }, []);
  }
  last.current = count;
  return count;
}

/** Remembers what was there before. */
export function usePrevious<T>(value: T): T | undefined {
  const kept = useRef<T>();
  useEffect(() => {
    kept.current = value;
  });
  return kept.current;
}

/** Calls back once. */
export function useOnce(action: Function) {
  useEffect(() => {
    action();
  }, []);
}
