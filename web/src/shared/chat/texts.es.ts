import { plural } from '../i18n/plural.js';
import type { Translation } from '../i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: { rider: 'Chat con tu conductor', driver: 'Chat con tu pasajero' },
    partner: { rider: 'Tu conductor', driver: 'Tu pasajero' },
    you: 'Tú',
    log: 'Mensajes',
    close: 'Cerrar chat',
    online: 'En línea',
    offline: 'Sin conexión',
    lastSeen: (age) => `Última conexión hace ${age}`,
    typing: 'Escribiendo…',
    empty: {
      rider: 'Dile a tu conductor dónde estás o pregúntale dónde está el auto.',
      driver: 'Avísale a tu pasajero que llegaste o pregúntale dónde parar.',
    },
    older: 'Ver mensajes anteriores',
    loading: 'Cargando',
    quickReplies: 'Respuestas rápidas',
    write: 'Escribe un mensaje',
    send: 'Enviar',
    remaining: (characters) =>
      characters >= 0
        ? plural(characters, { one: 'Queda 1 carácter', other: 'Quedan # caracteres' })
        : plural(-characters, {
            one: '1 carácter por encima del límite',
            other: '# caracteres por encima del límite',
          }),
    connectionLost: 'Sin conexión. Tus mensajes se enviarán cuando vuelvas a estar en línea.',
    over: 'Este viaje terminó. Todavía puedes leer el chat.',
    receipts: { waiting: 'Por enviar', sent: 'Enviado', delivered: 'Entregado', read: 'Leído' },
    retry: 'Reintentar',
    discard: 'Eliminar',
  },
  REFUSALS: {
    other: 'No se envió.',
    TEXT_TOO_LONG: 'No se envió. Los mensajes pueden tener hasta 2000 caracteres.',
    EMPTY_TEXT: 'No se envió. El mensaje está vacío.',
    RATE_LIMITED: 'No se envió. Demasiados mensajes a la vez. Espera un momento.',
    CHAT_FULL: 'No se envió. Este chat está lleno.',
    TRIP_OVER: 'No se envió. El viaje terminó.',
    BAD_STATE: 'No se envió. Todavía no hay nadie más en este viaje.',
    NOT_YOUR_TRIP: 'No se envió. No formas parte de este viaje.',
  },
  REPLIES: {
    on_my_way: 'Voy en camino',
    here: 'Ya llegué',
    where_are_you: '¿Dónde estás?',
    two_minutes: 'Llego en dos minutos',
    running_late: 'Voy unos minutos tarde',
    traffic: 'Hay mucho tráfico',
    coming_out: 'Ya salgo',
    at_the_entrance: 'Estoy en la entrada',
    call_me: 'Llámame, por favor',
    ok: 'OK',
    thanks: 'Gracias',
  },
};
