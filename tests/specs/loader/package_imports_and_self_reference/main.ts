import { internal } from '#in/internal';
import { thing } from 'own/thing';
console.log(internal, thing);
