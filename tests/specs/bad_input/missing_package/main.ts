import leftPad from 'npm:left-pda@^1';
console.log(leftPad);
