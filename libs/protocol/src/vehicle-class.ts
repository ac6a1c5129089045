/** Class of a driver without a profile, and of a profile that names none. */
export const USUAL_CLASS = 'standard';
/** Seats of a driver without a profile, and of a profile that names no number. */
export const USUAL_SEATS = 4;
/** Largest number of seats for riders. */
export const MAX_SEATS = 16;
/** Name of a class. */
export const CLASS_NAME = /^[a-z0-9][a-z0-9-]{0,19}$/;
