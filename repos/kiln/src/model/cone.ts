/** Pyrometric cones that the studio fires to, coolest first, with their end temperature in °C. */
const CONES = [
  ['06', 999],
  ['05', 1031],
  ['04', 1063],
  ['5', 1186],
  ['6', 1222],
  ['8', 1249],
  ['10', 1285],
] as const;

export type Cone = (typeof CONES)[number][0];

const TEMPERATURES = new Map<Cone, number>(CONES);

/** All cones, coolest first. */
export const allCones: readonly Cone[] = CONES.map(([cone]) => cone);

/** The temperature at which the cone bends, at the usual speed. */
export function endTemperature(cone: Cone): number {
  return TEMPERATURES.get(cone) ?? 0;
}

/** Negative where `left` is the cooler one. */
export function compareCones(left: Cone, right: Cone): number {
  return allCones.indexOf(left) - allCones.indexOf(right);
}

export function isCone(text: string): text is Cone {
  return (allCones as readonly string[]).includes(text);
}
