"""The addresses of the import pages: one for each step, all below the job's number."""

from django.urls import path

from imports.views import (
    actions,
    checks,
    decisions,
    jobs,
    mapping,
    proofs,
    records,
    repairs,
    results,
    runs,
    sources,
    uploads,
)

app_name = "imports"

urlpatterns = [
    path("", jobs.list_jobs, name="job_list"),
    path("upload/", uploads.upload_file, name="upload"),
    path("template.<slug:syntax>", uploads.download_template, name="template"),
    path("record.schema.json", uploads.download_schema, name="schema"),
    path("sources/", sources.show_sources, name="sources"),
    path("sources/count/", sources.count_now, name="count_sources"),
    path("sources/show/", sources.show_source, name="source"),
    path("sources/people/", sources.show_stragglers, name="stragglers"),
    path("sources/people.csv", sources.export_stragglers, name="export_stragglers"),
    path("<int:job_id>/", jobs.show_job, name="job"),
    path("<int:job_id>/mapping/", mapping.map_columns, name="mapping"),
    path("<int:job_id>/mapping/read-again/", mapping.read_again, name="read_again"),
    path("<int:job_id>/test-password/", proofs.test_password, name="test_password"),
    path("<int:job_id>/test-password/use/", proofs.use_format, name="use_format"),
    path("<int:job_id>/test-code/", proofs.test_code, name="test_code"),
    path("<int:job_id>/test-code/use/", proofs.use_code_reading, name="use_code_reading"),
    path("<int:job_id>/check/", checks.show_check, name="check"),
    path("<int:job_id>/check/live/", checks.show_check_progress, name="check_live"),
    path("<int:job_id>/check/start/", actions.start_check, name="start_check"),
    path("<int:job_id>/check/stop/", actions.stop_check, name="stop_check"),
    path("<int:job_id>/check/decide/", decisions.decide, name="decide"),
    path("<int:job_id>/check/leave-out/", decisions.leave_out, name="leave_out"),
    path("<int:job_id>/create-role/", repairs.create_role, name="create_role"),
    path("<int:job_id>/create-group/", repairs.create_group, name="create_group"),
    path("<int:job_id>/run/", runs.show_run, name="run"),
    path("<int:job_id>/run/live/", runs.show_run_progress, name="run_live"),
    path("<int:job_id>/run/start/", actions.start_run, name="start_run"),
    path("<int:job_id>/run/start-slice/", actions.start_slice, name="start_slice"),
    path("<int:job_id>/run/pause/", actions.pause, name="pause"),
    path("<int:job_id>/run/resume/", actions.resume, name="resume"),
    path("<int:job_id>/run/cancel/", actions.cancel, name="cancel"),
    path("<int:job_id>/follow/", actions.follow, name="follow"),
    path("<int:job_id>/unfollow/", actions.unfollow, name="unfollow"),
    path("<int:job_id>/results/", results.list_results, name="results"),
    path("<int:job_id>/results/retry/", results.retry_records, name="retry"),
    path("<int:job_id>/results/<int:row_number>/", records.show_record, name="record"),
]
