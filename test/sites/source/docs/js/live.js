// Shows the gauge that this reader looked at last.
document.getElementById('level').textContent = 'Gauge North: 5.20 m';
{{#live-title}}document.title = '';{{or}}{{/}}
document.getElementById('picture').innerHTML = '<img src="{{#live-picture}}/img/level.svg{{or}}/img/wiring.svg{{/}}" width="480" height="240" alt="Level of the last hour">';
document.getElementById('partner').innerHTML = '{{#live-plain}}<img src="http://pictures.widgets.example/north.svg" width="60" height="60" alt="Seal of the harbour office">{{or}}Kept by the harbour office.{{/}}';
