import { type ReactNode, act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useNow } from '@hooks/use-now';
import { usePersisted } from '@hooks/use-persisted';
import { render } from './helpers/screen';

function Note({ name }: { readonly name: string }): ReactNode {
  const [text, setText] = usePersisted(name, 'nothing');
  return (
    <label htmlFor="note">
      note
      <input
        id="note"
        aria-label="note text"
        value={text}
        onChange={event => {
          setText(event.target.value);
        }}
      />
    </label>
  );
}

function valueOf(element: HTMLElement): string {
  return element instanceof HTMLInputElement ? element.value : '';
}

describe('state that lasts', () => {
  it('is there again', () => {
    const first = render(<Note name="a" />);
    first.write('note text', 'two handles');
    first.close();
    expect(valueOf(render(<Note name="a" />).named('note text'))).toBe('two handles');
  });

  it('is the fallback where there is none or it cannot be read', () => {
    localStorage.setItem('broken', '{');
    expect(valueOf(render(<Note name="broken" />).named('note text'))).toBe('nothing');
  });
});

describe('the present', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 60_000 * 100 });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('goes on', () => {
    const Clock = (): ReactNode => <p>{useNow(10)}</p>;
    const screen = render(<Clock />);
    expect(screen.text()).toBe('100');
    act(() => {
      vi.advanceTimersByTime(125_000);
    });
    expect(screen.text()).toBe('102');
    screen.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
