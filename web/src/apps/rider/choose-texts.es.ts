import { plural } from '../../shared/i18n/plural.js';
import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './choose-texts.js';
import { written } from './choose-texts.js';

export const texts: Translation<typeof English> = {
  OPTIONS: {
    pin: 'Usar un PIN para comenzar',
    hint: 'Tu conductor ingresa cuatro dígitos que solo tú ves.',
    vehicle: 'Vehículo',
    anyClass: 'Cualquier vehículo',
    classOf: (vehicleClass, seats) =>
      `${written(vehicleClass)}, ${plural(seats, { one: 'hasta 1 asiento', other: 'hasta # asientos' })}`,
    seats: 'Asientos',
  },
  SEARCH: {
    back: 'Atrás',
    label: { pickup: 'Buscar un punto de recogida', dropoff: 'Buscar un destino' },
    placeholder: 'Calle, esquina o lugar',
    results: 'Lugares',
    recent: 'Lugares recientes',
    landmark: 'Lugar conocido',
    none: 'No se encontraron lugares. Prueba otro nombre o toca el mapa.',
    failed: 'La búsqueda no está disponible ahora. Toca el mapa.',
  },
  OFFER: {
    nearest: { pickup: 'Punto de recogida más cercano', dropoff: 'Destino más cercano' },
    use: { pickup: 'Usar el punto de recogida más cercano', dropoff: 'Usar el destino más cercano' },
    away: (place, distance) => `${place}: a ${distance}`,
    meetAt: (place) => `Encontrarse en ${place}`,
  },
  REFUSED_PLACES: {
    OUTSIDE_SERVICE_AREA: 'No hay servicio en tu punto de recogida.',
    DROPOFF_OUTSIDE_SERVICE_AREA: 'No hay servicio en tu destino.',
    NO_STREET_AT_PICKUP: 'Ninguna calle llega a tu punto de recogida.',
    NO_STREET_AT_DROPOFF: 'Ninguna calle llega a tu destino.',
    NO_PICKUP_HERE: 'Los autos no pueden recoger aquí.',
    NO_DROPOFF_HERE: 'Los autos no pueden parar en tu destino.',
    PICKUP_POINT_REQUIRED: 'Aquí los autos paran en un punto de recogida.',
    other: 'Los autos no pueden recoger aquí.',
  },
};
