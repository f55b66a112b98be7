import { a } from './a'

/** Makes it. */
type Create<C extends Config> = {
  /** Without a third. */
  <A, B = void>(
    prefix: string,
    payload: Payload<A, B, C>,
    options?: Options<B, C>,
  ): Thunk<A, B, C>

  /** With a third. */
  <A, B, D extends Config>(
    prefix: string,
    payload: Payload<A, B, Other<C, D>>,
    options?: Options<B, Other<C, D>>,
  ): Thunk<A, B, Other<C, D>>

  withTypes<D extends Config>(): Create<Other<C, D>>
}

export const create = a as Create<Config>
