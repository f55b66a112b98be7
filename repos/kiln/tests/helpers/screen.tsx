import { type ReactNode, act } from 'react';
import { type Root, createRoot } from 'react-dom/client';
import { StudioProvider } from '@state/context';
import type { Studio } from '@state/studio';
import { studio as bench } from './bench';

/** What is on the screen, and a hand that presses and writes. */
export interface Screen {
  readonly show: (content: ReactNode) => void;
  readonly text: () => string;
  /** The control with this label, or the part of the page with this name. */
  readonly named: (label: string) => HTMLElement;
  readonly has: (label: string) => boolean;
  readonly press: (label: string) => void;
  readonly write: (label: string, text: string) => void;
  readonly close: () => void;
}

/** Puts something on the screen, below a studio. */
export function render(content: ReactNode, studio: Studio = bench): Screen {
  const place = document.createElement('div');
  document.body.append(place);
  const root: Root = createRoot(place);
  const show = (next: ReactNode): void => {
    act(() => {
      root.render(<StudioProvider initial={studio}>{next}</StudioProvider>);
    });
  };
  const named = (label: string): HTMLElement => {
    const found = find(place, label);
    if (found === undefined) throw new Error(`nothing is called ${label}: ${place.innerHTML}`);
    return found;
  };
  show(content);
  return {
    show,
    named,
    text: () => place.textContent,
    has: label => find(place, label) !== undefined,
    press: label => {
      act(() => {
        named(label).click();
      });
    },
    write: (label, text) => {
      const control = named(label);
      const kind = control instanceof HTMLSelectElement ? HTMLSelectElement : HTMLInputElement;
      const setter = Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set;
      act(() => {
        // Past React's own setter, or it takes the value for known.
        setter?.call(control, text);
        const name = control instanceof HTMLSelectElement ? 'change' : 'input';
        control.dispatchEvent(new Event(name, { bubbles: true }));
      });
    },
    close: () => {
      act(() => {
        root.unmount();
      });
    },
  };
}

function find(place: HTMLElement, label: string): HTMLElement | undefined {
  const labelled = [...place.querySelectorAll('label')].find(item => item.textContent === label);
  const control = labelled === undefined ? null : document.getElementById(labelled.htmlFor);
  if (control !== null) return control;
  const named = [...place.querySelectorAll<HTMLElement>('[aria-label]')];
  const byName = named.find(item => item.getAttribute('aria-label') === label);
  return byName ?? [...place.querySelectorAll('button')].find(item => item.textContent === label);
}
