import './inner';
