"""The texts of notifications, in Go's template language: the highest level that holds, with its evidence.

An episode that went from watch to critical has two alerts in one message; the higher one speaks for both.
"""

TITLE = """\
{{ define "ouroboros.title" -}}
{{ if .Alerts.Firing }}{{ template "ouroboros.level" . }}{{ else }}OVER{{ end }}
{{- " · " }}{{ template "ouroboros.about" . }}
{{- end }}

{{ define "ouroboros.level" -}}
{{ $level := "WATCH" }}
{{- range .Alerts.Firing }}
{{- if eq .Labels.severity "critical" }}{{ $level = "CRITICAL" }}{{ end }}
{{- if and (eq .Labels.severity "warning") (ne $level "CRITICAL") }}{{ $level = "WARNING" }}{{ end }}
{{- end }}
{{- $level }}
{{- end }}

{{ define "ouroboros.about" -}}
{{ if .CommonLabels.subject }}{{ with index .Alerts 0 }}{{ .Annotations.about }}{{ end }}
{{- else if eq (len .Alerts) 1 }}{{ .CommonLabels.alertname }}
{{- else if .CommonLabels.alertname }}{{ .CommonLabels.alertname }}, {{ len .Alerts }} times
{{- else }}{{ len .Alerts }} alerts{{ end }}
{{- end }}
"""

MESSAGE = """\
{{ define "ouroboros.message" -}}
{{ $highest := "watch" }}
{{- range .Alerts.Firing }}
{{- if eq .Labels.severity "critical" }}{{ $highest = "critical" }}{{ end }}
{{- if and (eq .Labels.severity "warning") (ne $highest "critical") }}{{ $highest = "warning" }}{{ end }}
{{- end }}
{{- range .Alerts.Firing }}
{{- if eq .Labels.severity $highest }}{{ template "ouroboros.alert" . }}{{ end }}
{{- end }}
{{- if not .Alerts.Firing }}{{ range .Alerts.Resolved }}{{ template "ouroboros.over" . }}{{ end }}{{ end }}
{{- with index .Alerts 0 }}
Panel: {{ $.ExternalURL }}{{ .Annotations.dashboard }}?viewPanel={{ .Annotations.panel }}
Dashboard: {{ $.ExternalURL }}{{ .Annotations.dashboard }}
{{- end }}
{{- if and .Alerts.Firing .CommonLabels.indicator }}
Silence: {{ .ExternalURL }}alerting/silence/new?alertmanager=grafana
{{- "&matcher=indicator%3D" }}{{ urlquery .CommonLabels.indicator }}
{{- "&matcher=subject%3D" }}{{ urlquery .CommonLabels.subject }}
{{- end }}
{{- end }}

{{ define "ouroboros.alert" -}}
{{ .Annotations.description }}
{{ with .Annotations.value }}Now {{ . }}{{ end }}
{{- with .Annotations.threshold }}, threshold {{ . }}{{ end }}
{{- with .Annotations.since }}, since {{ . }}
{{ end }}
{{- with .Annotations.evidence }}{{ if ne . "-" }}Evidence:
• {{ reReplaceAll " · " "\\n• " . }}
{{ end }}{{ end }}
{{- end }}

{{ define "ouroboros.over" -}}
{{ .Annotations.about }} ({{ .Labels.severity }}) {{ or .Annotations.over "is over" }}
{{- with .Annotations.value }}: now {{ . }}{{ end }}
{{- with .Annotations.threshold }}, threshold {{ . }}{{ end }}.
{{ end }}
"""

TEMPLATES = (
    {"orgId": 1, "name": "Ouroboros titles", "template": TITLE},
    {"orgId": 1, "name": "Ouroboros messages", "template": MESSAGE},
)
