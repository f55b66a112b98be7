import { Table } from '@core/table';
import { distinct } from '@query/distinct';
import { filter } from '@query/filter';
import { group } from '@query/group';
import { join } from '@query/join';
import { project } from '@query/project';
import { sort } from '@query/sort';
import type { Step } from '@query/step';
import { never } from '@util/assert';

/** Does the steps one after another. */
export function runSteps(table: Table, steps: readonly Step[]): Table {
  let current = table;
  for (const step of steps) current = runStep(current, step);
  return current;
}

function runStep(table: Table, step: Step): Table {
  switch (step.type) {
    case 'filter':
      return filter(table, step.condition);
    case 'project':
      return project(table, step.columns);
    case 'sort':
      return sort(table, step.keys);
    case 'group':
      return group(table, step.by, step.made);
    case 'join':
      return join(table, step.other, step.on, step.how);
    case 'distinct':
      return distinct(table);
    case 'slice':
      return Table.trusted(table.schema, table.rows.slice(step.offset, step.offset + step.limit));
    default:
      return never(step);
  }
}
