/** Colours of the map. Colours that panels also use must agree with styles/tokens.css. */
export type Palette = {
  water: string;
  land: string;
  shore: string;
  waterName: string;
  landName: string;
  park: string;
  parkName: string;
  street: string;
  avenue: string;
  highway: string;
  casing: string;
  name: string;
  nameHalo: string;
  available: string;
  busy: string;
  /** driver on a trip */
  onTrip: string;
  followed: string;
  /** path to the pick-up; the path of the trip has the colour of the followed car */
  approach: string;
  /** streets that the car still has to drive */
  ahead: string;
  halo: string;
};

const LIGHT: Palette = {
  water: '#d3dee4',
  land: '#efede8',
  shore: '#c3d0d8',
  waterName: '#8ba3b2',
  landName: '#b0aca1',
  park: '#dbe7d3',
  parkName: '#6d8a63',
  street: '#ffffff',
  avenue: '#ffffff',
  highway: '#fdf6e6',
  casing: '#dfddd6',
  name: '#75797f',
  nameHalo: '#f6f5f2',
  available: '#0a7f63',
  busy: '#8a94a3',
  onTrip: '#4a5361',
  followed: '#f2500f',
  approach: '#f9b08c',
  ahead: '#2f6bb3',
  halo: '#ffffff',
};

const DARK: Palette = {
  water: '#0a0e12',
  land: '#141a20',
  shore: '#1f2830',
  waterName: '#3c5163',
  landName: '#46525e',
  park: '#15241f',
  parkName: '#4f7565',
  street: '#1f2730',
  avenue: '#28323c',
  highway: '#333b3f',
  casing: '#11161b',
  name: '#7d8894',
  nameHalo: '#12171d',
  available: '#35d6a6',
  busy: '#626e7c',
  onTrip: '#a9b4c0',
  followed: '#ff7a3d',
  approach: '#8a4a2e',
  ahead: '#5b9be6',
  halo: '#0d1217',
};

export const PALETTES = { light: LIGHT, dark: DARK };

/** Status codes of a vehicle in the overlay's buffers: 0 available, 1 busy, 2 followed. A hidden vehicle is not drawn. */
export const HIDDEN = 3;
/** Status code of a driver on a trip, drawn hollow with a dot. */
export const ON_TRIP = 4;
