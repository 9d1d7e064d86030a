export interface Options {
  flag?: boolean;
}
export function run(): void {
  console.log('fine');
}
