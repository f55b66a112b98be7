import { type Dispatch, type ReactNode, createContext, useMemo, useReducer } from 'react';
import type { Action } from '@state/actions';
import { reduce } from '@state/reducer';
import type { Studio } from '@state/studio';

export interface StudioValue {
  readonly studio: Studio;
  readonly dispatch: Dispatch<Action>;
}

export const StudioContext = createContext<StudioValue | undefined>(undefined);

interface StudioProviderProps {
  readonly initial: Studio;
  readonly children: ReactNode;
}

/** Hands the studio down to all components below. */
export function StudioProvider({ initial, children }: StudioProviderProps): ReactNode {
  const [studio, dispatch] = useReducer(reduce, initial);
  const value = useMemo(() => ({ studio, dispatch }), [studio]);
  return <StudioContext.Provider value={value}>{children}</StudioContext.Provider>;
}
