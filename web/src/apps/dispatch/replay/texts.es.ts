import { plural } from '../../../shared/i18n/plural.js';
import type { Translation } from '../../../shared/i18n/translation.js';
import { count } from '../../../shared/ui/format.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Repetición',
    driver: 'Repetir la última hora',
    area: 'Repetir esta zona',
    none: 'Sin historial para este período',
    failed: 'No se pudo cargar el historial. Inténtelo de nuevo.',
    tooLarge: 'Esta zona es demasiado grande para repetirla. Acerque el mapa.',
    ofDriver: (driverId) => `Repetición: ${driverId}`,
    ofArea: (vehicles) =>
      plural(vehicles, { one: 'Repetición: 1 vehículo', other: 'Repetición: # vehículos' }),
    truncated: (shown, all) =>
      all > shown
        ? `Los ${count(shown)} vehículos más cercanos al centro, de hasta ${count(all)}. Acerque el mapa para verlos todos.`
        : 'Faltan algunas posiciones. Elija un período más corto.',
    time: 'Hora',
    play: 'Reproducir',
    pause: 'Pausar',
    speedLabel: 'Velocidad',
    span: 'Período',
    hours: (hours) => plural(hours, { one: '1 hora', other: '# horas' }),
    exit: 'Volver al vivo',
    nothingSelected: 'Seleccione un vehículo o un viaje para verlo en este momento.',
    noTrip: 'Ningún viaje conocido en este momento',
  },
};
