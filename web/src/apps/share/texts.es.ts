import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  PAGE: { title: 'Un viaje compartido en vivo' },
  PINS: { pickup: 'Recogida', dropoff: 'Destino' },
  TEXTS: {
    title: 'Viaje compartido',
    loading: 'Cargando el mapa',
    noMap: 'Este navegador no puede mostrar el mapa. La hora de llegada se actualiza en vivo.',
    mapLabel: 'Mapa con el auto de este viaje',
    zoomIn: 'Acercar',
    zoomOut: 'Alejar',
    follow: 'Seguir al auto',
    connecting: 'Cargando',
    offline: 'Sin conexión, reconectando',
    live: 'En vivo',
    lastSeen: (age) => `Visto por última vez hace ${age}`,
  },
  STATES: {
    requested: { title: 'Buscando conductor', hint: 'El auto aparecerá aquí cuando un conductor acepte.' },
    accepted: { title: 'En camino a la recogida', hint: 'Calculando la hora de llegada.' },
    arriving: { title: 'En camino a la recogida', hint: 'Calculando la hora de llegada.' },
    arrived: { title: 'Esperando en el punto de recogida', hint: 'El viaje comenzará en un momento.' },
    on_trip: { title: 'En camino al destino', hint: 'Calculando la hora de llegada.' },
    completed: { title: 'Llegó', hint: '' },
    cancelled: { title: 'Viaje cancelado', hint: '' },
  },
  ENDS: {
    completed: { title: 'Llegó', hint: 'Este viaje terminó. Su ubicación ya no se comparte.' },
    cancelled: { title: 'Viaje cancelado', hint: 'Su ubicación ya no se comparte.' },
    invalid_link: {
      title: 'Este enlace ya no es válido',
      hint: 'Venció o se dejó de compartir. Pide un enlace nuevo a quien te lo envió.',
    },
  },
};
