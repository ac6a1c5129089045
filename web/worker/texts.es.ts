import type { Translation } from '../src/shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    offer: { title: 'Viaje nuevo', body: 'Abre la aplicación para aceptarlo.' },
    arrival: { title: 'Tu auto ya llegó', body: 'Tu conductor espera en el punto de recogida.' },
    message: {
      rider: { title: 'Mensaje de tu conductor', body: 'Abre la aplicación para leerlo.' },
      driver: { title: 'Mensaje de tu pasajero', body: 'Abre la aplicación para leerlo.' },
    },
    alert: { title: 'Alerta', body: 'Abra el tablero para verla.' },
  },
  ALERTS: {
    driver_silent: 'Sin señal de un conductor en viaje',
    no_driver: 'Ningún conductor aceptó un viaje',
    second_device: 'Un conductor usa dos dispositivos',
    far_step: 'Un paso de un viaje se dio lejos de su lugar',
    accident: 'Se reportó un accidente',
    breakdown: 'Se reportó una avería',
    threat: 'Se reportó una amenaza',
    other: 'Se reportó un incidente',
  },
};
