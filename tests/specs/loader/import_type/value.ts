export interface Other {
  text: string;
}
export const value = 'value';
