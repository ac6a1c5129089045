import { keep, kept } from '../../shared/live/browser-storage.js';

const MUTED_KEY = 'hexfleet-driver-muted';
/** Interval at which the chime of a waiting offer sounds again, ms. */
const REPEAT_MS = 3_000;
/** Two rising tones, Hz, and their length, s. */
const TONES = [660, 880];
const TONE_S = 0.18;

/** Browsers refuse to vibrate, and log an error, until somebody has tapped the page. */
export function vibrate(patternMs: number[]): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(patternMs);
}

/** Chime and vibration of a waiting offer. Browsers allow sound once the driver has tapped the page, as to go online. */
export class OfferAlarm {
  #audio: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;

  get isMuted(): boolean {
    return kept(MUTED_KEY) === '1';
  }

  setMuted(isMuted: boolean): void {
    keep(MUTED_KEY, isMuted ? '1' : '0');
  }

  /** Asks for permission to sound; call it while handling a tap. */
  allow(): void {
    if (typeof AudioContext === 'undefined') return;
    this.#audio ??= new AudioContext();
    this.#audio.resume().catch(() => {});
  }

  /** Sounds until `stop`. */
  start(): void {
    this.stop();
    this.#sound();
    this.#timer = setInterval(() => this.#sound(), REPEAT_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #sound(): void {
    vibrate([200, 100, 200]);
    const audio = this.#audio;
    if (audio === null || audio.state !== 'running' || this.isMuted) return;
    TONES.forEach((hertz, i) => {
      const from = audio.currentTime + i * TONE_S;
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0.3, from);
      gain.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
      const tone = new OscillatorNode(audio, { frequency: hertz });
      tone.connect(gain).connect(audio.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    });
  }
}
