import type { ReactNode } from 'react';
import type { Size } from '@model/piece';
import { Field } from './field';

const SIDES = ['width', 'depth', 'height'] as const;

interface SizeFieldsProps {
  readonly size: Size;
  readonly onChange: (size: Size) => void;
}

/** Three lengths in millimetres. */
export function SizeFields({ size, onChange }: SizeFieldsProps): ReactNode {
  const { width, depth, height } = size;
  return SIDES.map(side => (
    <Field key={side} label={`${side} in mm`}>
      {id => (
        <input
          id={id}
          type="number"
          min={1}
          value={size[side]}
          onChange={event => {
            onChange({ width, depth, height, [side]: event.target.valueAsNumber });
          }}
        />
      )}
    </Field>
  ));
}
