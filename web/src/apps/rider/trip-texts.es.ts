import { plural } from '../../shared/i18n/plural.js';
import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './trip-texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    searching: 'Buscando conductor',
    sending: 'Enviando tu solicitud',
    waitingForAnswer: 'Esperando que un conductor acepte',
    choosingDriver: 'Buscando al conductor más cercano',
    asked: (n) =>
      n === 0
        ? 'Aún no se consultó a nadie'
        : plural(n, { one: '1 conductor consultado', other: '# conductores consultados' }),
    noneFree:
      'Ningún conductor cercano está libre ahora. Seguimos buscando; puedes cancelar en cualquier momento.',
    searchingAgain: 'Tu conductor canceló. Te estamos buscando otro.',
    cancelRequest: 'Cancelar solicitud',

    waiting: (time) => `Te espera en el punto de recogida desde hace ${time}`,
    driver: 'Tu conductor',
    driverOffline: 'Sin conexión',
    share: 'Compartir',
    safety: 'Seguridad',
    pin: 'Tu PIN',
    pinHint: 'Díselo a tu conductor para comenzar el viaje.',
    cancelQuestion: '¿Cancelar este viaje?',

    done: 'Listo',
    again: 'Reintentar',
    change: 'Cambiar recogida o destino',
  },
  RATING: {
    question: '¿Qué tal tu viaje?',
    thanks: 'Gracias por calificar',
    failed: 'No se guardó tu calificación. Inténtalo de nuevo.',
    stars: (n) => plural(n, { one: '1 estrella', other: '# estrellas' }),
  },
  STEPS: {
    starting: { title: 'Cargando', hint: '' },
    choosing: { title: '¿Adónde vas?', hint: '' },
    searching: { title: 'Buscando conductor', hint: '' },
    approach: { title: 'Tu auto va en camino', hint: '' },
    arrived: { title: 'Llegó tu auto', hint: '' },
    on_trip: { title: 'En camino', hint: '' },
    done: { title: 'Llegaste', hint: 'Gracias por viajar con nosotros.' },
    no_car: {
      title: 'No hay autos disponibles',
      hint: 'Ningún conductor cercano pudo tomar el viaje. Inténtalo en unos minutos o desde una calle más transitada.',
    },
    no_show: {
      title: 'Viaje cancelado',
      hint: 'Tu conductor esperó en el punto de recogida, pero no te encontró. Ya puedes pedir otro auto.',
    },
    called_off: {
      title: 'Viaje cancelado',
      hint: 'Tuvimos que cancelar tu viaje. Ya puedes pedir otro auto.',
    },
  },
};
