import type { Translation } from '../i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Notificaciones',
    hint: 'Mientras esta página está cerrada.',
    device: 'En este dispositivo',
    previews: 'Mostrar el texto de los mensajes',
    close: 'Cerrar',
    loading: 'Cargando',
    failed: 'No se pudo guardar. Inténtalo de nuevo.',
    noService: 'El navegador no pudo conectar con su servicio de notificaciones. Inténtalo más tarde.',
  },
  STATUS_HINTS: {
    on: '',
    off: '',
    blocked: 'Las notificaciones están bloqueadas. Actívalas en los ajustes del navegador.',
    unsupported:
      'Este navegador no puede mostrar notificaciones aquí. En un iPhone, primero agrega esta página a la pantalla de inicio.',
  },
  KINDS: {
    offer: 'Viajes nuevos',
    arrival: 'Llegada de tu auto',
    message: 'Mensajes',
    alert: 'Alertas e incidentes',
  },
};
