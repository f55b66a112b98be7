import type {Empty} from './empty';
import type {Greater} from './greater';
import type {Less} from './less';

type Walk<T, Options extends Required<Ways>> =
	Options['depth'] extends infer Depth extends number
		? Required<T> extends infer T
			? T extends Empty | readonly []
				? never
				: {
					[Key in keyof T]:
					Key extends string | number // Only what is a name.
						? (
							Options['brackets'] extends true
								? Numeric<Key> extends true
									? `[${Key}]`
									: (Key | Text<Key>)
								: never
								|
								Options['brackets'] extends false
								// A number is a name as well, because both `list[0]` and `list['0']` work.
									? (Key | Text<Key>)
									: never
						) extends infer Name extends string | number ?
						// With brackets a number is written `[1]`.
						// Without them it is written `1`.
							| Name
							| (
								// Go on with the value of this name
								Greater<Depth, 0> extends true // Until the depth is used up
									? _Walk<T[Key], {brackets: Options['brackets']; depth: Less<Depth, 1>}> extends infer Rest
										? Rest extends string | number
											? (
												Options['brackets'] extends true
													? Rest extends `[${any}]` | `[${any}]${string}`
														? `${Name}${Rest}` // No point before a bracket.
														: `${Name}.${Rest}`
													: never
											) | (
												Options['brackets'] extends false
													? `${Name}.${Rest}`
													: never
											)
											: never
										: never
									: never
							)
							: never
						: never
				}[keyof T & (T extends List ? number : unknown)]
			: never
		: never;
