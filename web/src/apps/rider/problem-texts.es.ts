import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './problem-texts.js';

export const texts: Translation<typeof English> = {
  PROBLEMS: {
    other: 'Algo salió mal. Inténtalo de nuevo.',
    UNAVAILABLE: 'No se puede conectar con Hexfleet. Inténtalo de nuevo.',
    RATE_LIMITED: 'Demasiadas solicitudes. Inténtalo de nuevo en un momento.',
    NOT_IN_CITY: 'Estás fuera de la ciudad de la demo, así que el marcador se queda aquí.',
    PERMISSION_DENIED: 'El acceso a la ubicación está desactivado. Mueve el marcador.',
    NO_POSITION: 'No se encontró tu ubicación. Mueve el marcador.',
    OUTSIDE_SERVICE_AREA: 'No hay servicio en tu punto de recogida.',
    DROPOFF_OUTSIDE_SERVICE_AREA: 'No hay servicio en tu destino.',
    NO_PICKUP_HERE: 'Los autos no pueden recoger aquí. Mueve el punto de recogida.',
    NO_DROPOFF_HERE: 'Los autos no pueden parar ahí. Mueve el destino.',
    TOO_MANY_LINKS: 'Este viaje ya tiene diez enlaces. Primero deja de compartirlo.',
    TRIP_OVER: 'Este viaje ya terminó.',
    BAD_STATE: 'Este viaje ya terminó.',
  },
};
