import type { Translation } from '../i18n/translation.js';
import type * as English from './figures-texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    loading: 'Cargando el resumen del viaje',
    distance: 'Distancia',
    duration: 'Duración',
    approach: { rider: 'Espera', driver: 'Hasta la recogida' },
    waited: 'Espera',
    unknown: '–',
  },
};
