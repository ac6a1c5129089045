import type { Translation } from '../../shared/i18n/translation.js';
import type * as English from './safety-texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Seguridad',
    back: 'Atrás',
    share: 'Comparte tu viaje',
    shareHint: 'Otras personas pueden seguir tu auto en vivo.',
    call: (number) => `Llamar al ${number}`,
    callHint: 'Para policía, bomberos o ambulancia.',
    report: 'Reportar un problema',
    reportHint: 'Despacho lo ve de inmediato, con la ubicación de tu auto.',
    kind: '¿Qué pasó?',
    details: 'Detalles (opcional)',
    send: 'Enviar reporte',
    sent: 'Tu reporte se envió a despacho.',
    failed: 'Tu reporte no se envió. Inténtalo de nuevo.',
  },
  KINDS: {
    accident: 'Accidente',
    threat: 'No me siento a salvo',
    other: 'Otra cosa',
  },
};
