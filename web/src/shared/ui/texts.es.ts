import type { Translation } from '../i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    arrivesAt: (time) => `Llega cerca de las ${time}`,
    arrivingNow: 'Está llegando',
    away: (distance) => `a ${distance}`,
    estimating: 'Calculando la hora de llegada',
    settings: 'Idioma y unidades',
    notifications: 'Notificaciones',
    seconds: (n) => `${n} s`,
    minute: 'min',
    minutes: (n) => `${n} min`,
  },
};
