import type { ReactNode } from 'react';
import { formatCents, formatLitres } from '@format/amounts';
import { shortName } from '@model/member';
import type { Fee } from '@planning/fees';
import styles from './fee-table.module.css';

/** Who owes what for a firing. */
export function FeeTable({ fees }: { readonly fees: readonly Fee[] }): ReactNode {
  const total = fees.reduce((sum, { cents }) => sum + cents, 0);
  return (
    <table className={styles.table}>
      <caption>Fees</caption>
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">Room</th>
          <th scope="col">Fee</th>
        </tr>
      </thead>
      <tbody>
        {fees.map(({ member, litres, cents }) => (
          <tr key={member.id}>
            <th scope="row">{shortName(member)}</th>
            <td>{formatLitres(litres)}</td>
            <td>{formatCents(cents)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td />
          <td>{formatCents(total)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
