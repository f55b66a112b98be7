import { describe, expect, it } from 'vitest';
import { App } from '@components/app';
import { ConflictNotice } from '@components/conflict-notice';
import { CurveChart } from '@components/curve-chart';
import { FeeTable } from '@components/fee-table';
import { FiringCard } from '@components/firing-card';
import { FiringForm } from '@components/firing-form';
import { PieceCard } from '@components/piece-card';
import { PieceForm } from '@components/piece-form';
import { PieceList } from '@components/piece-list';
import { formatMoment, parseMoment } from '@format/clock';
import { formatDuration } from '@format/duration';
import { firing, piece, studio } from './helpers/bench';
import { render } from './helpers/screen';

const [ida] = studio.members;
if (ida === undefined) throw new Error('the bench has members');

describe('words', () => {
  it('for durations', () => {
    expect([formatDuration(45), formatDuration(545.4)]).toEqual(['45 min', '9 h 05']);
  });

  it('for moments', () => {
    const moment = parseMoment('2024-05-14T18:05');
    expect(moment === undefined ? '' : formatMoment(moment)).toBe('Tue 14 May, 18:05');
    expect(parseMoment('soon')).toBeUndefined();
  });
});

describe('pieces', () => {
  it('say what they are', () => {
    const vase = piece('vase', { stage: 'glazed', glaze: 'snow' });
    const text = render(<PieceCard piece={vase} owner="Ida" />).text();
    expect(text).toContain('Ida · Buff stoneware, Snow white');
    expect(text).toContain('120 × 120 × 100 mm (1.4 l)');
  });

  it('are filtered', () => {
    const screen = render(<PieceList />);
    screen.write('Owner', 'jon');
    expect(screen.has('mug')).toBe(false);
    screen.write('Stage', 'glazed');
    expect(screen.has('vase') && !screen.has('plate')).toBe(true);
    screen.press('Show all');
    screen.write('Name', ' MU');
    expect(screen.has('mug') && !screen.has('vase')).toBe(true);
    screen.write('Name', 'kettle');
    expect(screen.text()).toContain('No piece is like that.');
  });

  it('are removed', () => {
    const screen = render(<PieceList />);
    screen.press('Remove mug');
    expect(screen.has('mug')).toBe(false);
  });

  it('are added when they are whole', () => {
    const screen = render(
      <>
        <PieceForm member={ida} />
        <PieceList />
      </>,
    );
    screen.press('Add');
    expect(screen.text()).toContain('Give it a name.');
    screen.write('Name', 'teapot');
    screen.write('height in mm', '-3');
    screen.press('Add');
    expect(screen.text()).toContain('Every length is above 0.');
    screen.write('height in mm', '140');
    screen.press('Add');
    expect(screen.has('teapot')).toBe(true);
    expect(screen.text()).toContain('100 × 100 × 140 mm');
  });
});

describe('firings', () => {
  it('are planned', () => {
    const screen = render(
      <>
        <FiringForm />
        <ConflictNotice />
      </>,
    );
    expect(screen.text()).toContain('Takes 11 h 22.');
    screen.write('Start', '2024-05-14T12:00');
    screen.press('Plan');
    expect(screen.text()).toContain('Big Bertha is not free at Tue 14 May, 12:00: wait 7 h 38.');
  });

  it('do not go beyond the kiln', () => {
    const screen = render(<FiringForm />);
    screen.write('Kiln', 'test');
    screen.write('Cone', '10');
    expect(screen.text()).toContain('Test kiln does not reach cone 10');
  });

  it('are loaded, unloaded and finished', () => {
    const [first] = studio.firings;
    if (first === undefined) throw new Error('the bench has a firing');
    const screen = render(<App />);
    screen.press('Put in plate');
    expect(screen.has('Take out plate')).toBe(true);
    screen.press('Take out plate');
    expect(screen.has('Put in plate')).toBe(true);
    screen.press('Finish');
    expect(screen.text()).toContain('Done');
    expect(screen.has('Put in plate')).toBe(false);
  });

  it('need a kiln', () => {
    const screen = render(<FiringCard firing={firing('x', { kiln: 'sold' })} />);
    expect(screen.text()).toBe('The kiln of this firing is gone.');
  });

  it('have a curve with the present on it', () => {
    const segments = [{ rate: 60, target: 80, hold: 0 }];
    const chart = render(<CurveChart segments={segments} elapsed={30} />);
    const drawn = chart.named('to 80 °C in 1 h 00');
    expect(drawn.querySelector('polyline')?.getAttribute('points')).toBe('0,118.2 320,112.6');
    expect(drawn.querySelector('line')?.getAttribute('x1')).toBe('160');
    const over = render(<CurveChart segments={segments} elapsed={61} />);
    expect(over.named('to 80 °C in 1 h 00').querySelector('line')).toBeNull();
  });

  it('cost something', () => {
    const table = render(<FeeTable fees={[{ member: ida, litres: 1.44, cents: 1205 }]} />);
    expect(table.text()).toContain('Ida K.1.4 l12.05 €');
  });
});
