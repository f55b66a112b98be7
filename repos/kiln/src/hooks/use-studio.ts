import { useContext } from 'react';
import { type StudioValue, StudioContext } from '@state/context';

/** The studio and what changes it; only below a `StudioProvider`. */
export function useStudio(): StudioValue {
  const value = useContext(StudioContext);
  if (value === undefined) throw new Error('useStudio is used outside of a StudioProvider');
  return value;
}
