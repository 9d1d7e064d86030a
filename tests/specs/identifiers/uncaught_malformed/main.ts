import { parseIdentifier } from 'prizm';
parseIdentifier('github:acme/re po@v1');
