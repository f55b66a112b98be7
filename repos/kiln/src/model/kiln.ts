import type { Cone } from '@model/cone';
import type { Size } from '@model/piece';

export interface Kiln {
  readonly id: string;
  readonly name: string;
  /** The chamber, inside. */
  readonly chamber: Size;
  readonly limit: Cone;
  readonly kilowatts: number;
  /** How fast the closed chamber cools, in °C an hour. */
  readonly coolingRate: number;
}

/** How thick a shelf is, and how much air there is above the tallest piece on it. */
export const SHELF_THICKNESS = 18;
export const CLEARANCE = 12;
