import type { Translation } from '../../../shared/i18n/translation.js';
import type * as English from './rule-texts.js';

export const texts: Translation<typeof English> = {
  KIND_TEXTS: {
    service_area: { name: 'Área de servicio', purpose: 'Viajes solo dentro' },
    no_pickup: { name: 'Sin recogidas', purpose: 'Sin recogidas dentro' },
    no_dropoff: { name: 'Sin destinos', purpose: 'Sin viajes que terminen dentro' },
    no_go: { name: 'Prohibida', purpose: 'Alerta cuando entra un vehículo' },
    pickup_points: { name: 'Puntos de recogida', purpose: 'El pasajero camina a un punto con nombre' },
    queue: { name: 'Fila', purpose: 'Viajes por orden de llegada' },
    surge: { name: 'Alta demanda', purpose: 'Un factor que se envía con el viaje' },
    alert: { name: 'Alerta', purpose: 'Alerta al entrar, salir o quedarse' },
  },
  RULE_TEXTS: {
    repeatAfterS: 'Tiempo entre alertas sobre un vehículo',
    maxWalkM: 'Caminata máxima hasta un punto',
    keepPlaceS: 'Tiempo fuera que conserva el lugar',
    shortTripPriority: 'Los viajes cortos conservan el lugar',
    shortTripMaxS: 'Viaje corto más largo',
    factor: 'Factor',
    on: 'Alertar cuando un vehículo',
    dwellMinutes: 'Tiempo hasta que cuenta como permanencia',
    statuses: 'Vehículos',
    points: 'Puntos de recogida',
  },
  VALUES: {
    enter: 'entra',
    exit: 'sale',
    dwell: 'permanece',
    available: 'disponible',
    busy: 'ocupado',
    true: 'sí',
    false: 'no',
  },
  UNITS: {
    repeatAfterS: (n) => `${n} s`,
    keepPlaceS: (n) => `${n} s`,
    shortTripMaxS: (n) => `${n} s`,
    dwellMinutes: (n) => `${n} min`,
    factor: (n) => `${n} ×`,
  },
  FIELDS: {
    shortTripPriority: 'El conductor conserva su lugar tras un viaje corto',
    available: 'Disponible',
    busy: 'Ocupado',
  },
};
