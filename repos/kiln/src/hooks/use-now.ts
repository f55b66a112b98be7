import { useEffect, useState } from 'react';

/** The present in minutes since the epoch, looked up again each `every` seconds. */
export function useNow(every = 30): number {
  const [now, setNow] = useState(() => currentMinute());

  useEffect(() => {
    const timer = setInterval(() => {
      setNow(currentMinute());
    }, every * 1000);
    return () => {
      clearInterval(timer);
    };
  }, [every]);

  return now;
}

function currentMinute(): number {
  return Math.floor(Date.now() / 60_000);
}
