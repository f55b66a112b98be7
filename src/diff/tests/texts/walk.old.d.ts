import type {Empty} from './empty';
import type {Never} from './never';

export type Walk<_T, T = Required<_T>> =
	T extends Empty | readonly []
		? never
		: {
			[Key in keyof T]:
			Key extends string | number // Only what is a name.
				// A number is a name as well, because both `list[0]` and `list['0']` work.
				?
				| Key
				| Text<Key>
				| (
					Never<Walk<T[Key]>> extends false
						? `${Key}.${Walk<T[Key]>}`
						: never
				)
				: never
		}[keyof T & (T extends List ? number : unknown)];
