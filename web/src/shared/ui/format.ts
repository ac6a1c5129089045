const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const count = (value: number): string => whole.format(value);

/** Distance in metres below one kilometre, rounded to 10: 640 m, 2.4 km. */
export const distance = (metres: number): { value: string; unit: string } =>
  metres < 995
    ? { value: whole.format(Math.round(metres / 10) * 10), unit: 'm' }
    : { value: (metres / 1_000).toFixed(1), unit: 'km' };

/** The same as one text. */
export const distanceText = (metres: number): string => {
  const { value, unit } = distance(metres);
  return `${value} ${unit}`;
};

/** Minutes and seconds, 4:07. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** 0.4 s, 12 s, 3 min. */
export const age = (ms: number): string => {
  if (ms < 9_950) return `${Math.max(0, ms / 1_000).toFixed(1)} s`;
  return ms < 90_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
};

/** 7.4, 18, 120: one decimal below ten. */
export const milliseconds = (ms: number): string => (ms < 9.95 ? ms.toFixed(1) : whole.format(ms));
