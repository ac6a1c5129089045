import type { Translation } from '../i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    noConnection: 'Sin conexión',
    lastKnown: (time) => `Última información: ${time}`,
    noTrip: 'Esta página continúa en cuanto vuelva la conexión.',
    pin: 'Tu PIN',
    update: 'Hay una versión nueva.',
    reload: 'Volver a cargar',
    later: 'Más tarde',
  },
  STATES: {
    requested: 'Buscando conductor',
    offered: 'Buscando conductor',
    accepted: 'En camino al punto de recogida',
    arriving: 'En camino al punto de recogida',
    arrived: 'Esperando en el punto de recogida',
    on_trip: 'En camino al destino',
    completed: 'Viaje terminado',
    cancelled: 'Viaje cancelado',
  },
};
