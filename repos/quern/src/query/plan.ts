import { allOf } from '@expr/build';
import { fold } from '@expr/fold';
import type { Step } from '@query/step';

/** Steps that give the same table with less work. */
export function plan(steps: readonly Step[]): Step[] {
  return joinedFilters(filtersFirst(steps.map(step => folded(step))));
}

function folded(step: Step): Step {
  switch (step.type) {
    case 'filter':
      return { ...step, condition: fold(step.condition) };
    case 'project':
      return {
        ...step,
        columns: step.columns.map(({ name, expr }) => ({ name, expr: fold(expr) })),
      };
    case 'sort':
      return { ...step, keys: step.keys.map(key => ({ ...key, by: fold(key.by) })) };
    default:
      return step;
  }
}

/** A filter right after a sort can as well be before it, where there is more to leave out. */
function filtersFirst(steps: readonly Step[]): Step[] {
  const moved: Step[] = [];
  for (const step of steps) {
    let place = moved.length;
    if (step.type === 'filter') {
      while (moved[place - 1]?.type === 'sort') place -= 1;
    }
    moved.splice(place, 0, step);
  }
  return moved;
}

function joinedFilters(steps: readonly Step[]): Step[] {
  const joined: Step[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    if (step.type === 'filter' && last?.type === 'filter') {
      joined[joined.length - 1] = {
        type: 'filter',
        condition: allOf([last.condition, step.condition]),
      };
    } else {
      joined.push(step);
    }
  }
  return joined;
}
