/** Hundredths of a percent in words, never said higher than it is. */
export const percent = (available: number): string => `${(Math.floor(available) / 100).toFixed(2)} %`;
