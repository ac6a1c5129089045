import type { ZoneKind } from '#sdk';

/** Fill pattern of a kind, so that kinds differ without colour, too. */
export type Pattern = 'none' | 'rising' | 'falling' | 'crossed' | 'dots' | 'rows' | 'plus' | 'columns';

/** Line style of a border. */
export type Dash = 'solid' | 'dashed' | 'dotted' | 'dash-dot';

export type KindStyle = {
  light: string;
  dark: string;
  pattern: Pattern;
  dash: Dash;
};

/** Looks of the kinds of zones, in the order of lists. Each pair of pattern and dash is unique. */
export const KINDS: Record<ZoneKind, KindStyle> = {
  service_area: {
    light: '#2b6cb0',
    dark: '#6fb1f2',
    pattern: 'none',
    dash: 'solid',
  },
  no_pickup: {
    light: '#b4472e',
    dark: '#f0957c',
    pattern: 'rising',
    dash: 'dashed',
  },
  no_dropoff: {
    light: '#95468c',
    dark: '#dd9ad3',
    pattern: 'falling',
    dash: 'dashed',
  },
  no_go: {
    light: '#a3192e',
    dark: '#ff8a94',
    pattern: 'crossed',
    dash: 'solid',
  },
  pickup_points: {
    light: '#0f7286',
    dark: '#5cc9de',
    pattern: 'dots',
    dash: 'dotted',
  },
  queue: {
    light: '#8a5d00',
    dark: '#e6b450',
    pattern: 'rows',
    dash: 'solid',
  },
  surge: {
    light: '#5b50b8',
    dark: '#aaa2f5',
    pattern: 'plus',
    dash: 'dash-dot',
  },
  alert: {
    light: '#5f6b0c',
    dark: '#c3d152',
    pattern: 'columns',
    dash: 'dash-dot',
  },
};

export const KIND_ORDER = Object.keys(KINDS) as ZoneKind[];
