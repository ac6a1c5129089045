import { plural } from '../../shared/i18n/plural.js';
import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  PAGE: { title: 'Pasajero · Hexfleet' },
  PINS: { pickup: 'Recogida', dropoff: 'Destino' },
  TEXTS: {
    starting: 'Cargando',
    mapLabel: 'Mapa de los autos cercanos',
    sheet: 'Tu viaje',

    whereTo: '¿Adónde vas?',
    places: 'Recogida y destino',
    noDropoff: 'Toca el mapa o busca',
    search: 'Buscar',
    noCars: 'Buscaremos un conductor más lejos.',
    landmarks: (kind) => (kind === 'pickup' ? 'Puntos de recogida sugeridos' : 'Destinos sugeridos'),
    locate: 'Usar mi ubicación',
    request: 'Pedir un auto',
    cars: (n) => (n === 0 ? 'Sin autos cerca' : plural(n, { one: '1 auto cerca', other: '# autos cerca' })),
    movePin: (name) => `${name}: arrastra o usa las flechas para mover`,

    lastUpdate: (age) => `Actualizado hace ${age}`,
    degraded: 'Las posiciones de los autos llegan con retraso',
    problem: 'Algo salió mal. Inténtalo de nuevo.',
    noSignal: (age) => `Sin señal de tu auto desde hace ${age}`,
  },
};
