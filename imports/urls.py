"""The URLs of the import pages: one for each step, all below the job's number."""

from django.urls import path

from imports.views.approval import approvals
from imports.views.corrections import corrected_files, edits, error_groups
from imports.views.dry_run import (
    action_required,
    corrections,
    decisions,
    missing_memberships,
    overview,
)
from imports.views.files import uploads
from imports.views.jobs import activity_log, jobs, policies
from imports.views.leavers import disabling, leavers
from imports.views.mapping import mapping, sign_in_tests, templates
from imports.views.report import reports
from imports.views.results import records, results
from imports.views.runs import actions, passwords, runs
from imports.views.sources import sources
from imports.views.undo import undoing

app_name = "imports"

urlpatterns = [
    path("", jobs.list_jobs, name="job_list"),
    path("upload/", uploads.upload_file, name="upload"),
    path("template.<slug:syntax>", uploads.download_template, name="template"),
    path("record.schema.json", uploads.download_schema, name="schema"),
    path("sources/", sources.show_sources, name="sources"),
    path("sources/count/", sources.count_now, name="count_sources"),
    path("sources/show/", sources.show_source, name="source"),
    path("sources/people/", sources.show_follow_ups, name="follow_ups"),
    path("sources/people.csv", sources.export_follow_ups, name="export_follow_ups"),
    path("passwords/live/", passwords.show_waiting, name="passwords_live"),
    path("<int:job_id>/", jobs.show_job, name="job"),
    path("<int:job_id>/mapping/", mapping.map_columns, name="mapping"),
    path("<int:job_id>/mapping/read-again/", mapping.read_again, name="read_again"),
    path("<int:job_id>/mapping/preview/", mapping.preview, name="preview_mapping"),
    path("<int:job_id>/mapping/template/", templates.use_template, name="use_template"),
    path(
        "<int:job_id>/mapping/save-template/",
        templates.save_template,
        name="save_template",
    ),
    path("templates/import/", templates.import_template, name="import_template"),
    path(
        "templates/<int:version_id>.json",
        templates.export_template,
        name="export_template",
    ),
    path(
        "<int:job_id>/test-sign-in/password/",
        sign_in_tests.test_sign_in_password,
        name="test_sign_in_password",
    ),
    path("<int:job_id>/test-sign-in/password/use/", sign_in_tests.use_format, name="use_format"),
    path(
        "<int:job_id>/test-sign-in/code/", sign_in_tests.test_sign_in_code, name="test_sign_in_code"
    ),
    path(
        "<int:job_id>/test-sign-in/code/use/",
        sign_in_tests.use_code_reading,
        name="use_code_reading",
    ),
    path("<int:job_id>/policies/", policies.set_policies, name="policies"),
    path("<int:job_id>/run/limits/", policies.change_limits, name="limits"),
    path("<int:job_id>/dry-run/", overview.show_dry_run, name="dry_run"),
    path("<int:job_id>/dry-run/live/", overview.show_dry_run_progress, name="dry_run_live"),
    path("<int:job_id>/dry-run/start/", actions.start_dry_run, name="start_dry_run"),
    path("<int:job_id>/dry-run/stop/", actions.stop_dry_run, name="stop_dry_run"),
    path("<int:job_id>/dry-run/approval/", approvals.decide, name="decide_plan"),
    path("<int:job_id>/dry-run/answer/", action_required.answer, name="answer"),
    path("<int:job_id>/dry-run/decide/", decisions.decide, name="decide"),
    path("<int:job_id>/dry-run/exclude/", decisions.exclude, name="exclude"),
    path("<int:job_id>/create-role/", missing_memberships.create_role, name="create_role"),
    path("<int:job_id>/create-group/", missing_memberships.create_group, name="create_group"),
    path("<int:job_id>/run/", runs.show_run, name="run"),
    path("<int:job_id>/run/live/", runs.show_run_progress, name="run_live"),
    path("<int:job_id>/run/start/", actions.start_run, name="start_run"),
    path(
        "<int:job_id>/run/start-without-dry-run/",
        actions.start_without_dry_run,
        name="start_without_dry_run",
    ),
    path("<int:job_id>/run/start-slice/", actions.start_pilot, name="start_pilot"),
    path("<int:job_id>/run/pause/", actions.pause, name="pause"),
    path("<int:job_id>/run/resume/", actions.resume, name="resume"),
    path("<int:job_id>/run/cancel/", actions.cancel, name="cancel"),
    path("<int:job_id>/follow/", actions.follow, name="follow"),
    path("<int:job_id>/unfollow/", actions.unfollow, name="unfollow"),
    path("<int:job_id>/report/", reports.show_report, name="report"),
    path("<int:job_id>/report.pdf", reports.download_report, name="report_pdf"),
    path("<int:job_id>/undo/", undoing.show_undo, name="undo"),
    path("<int:job_id>/undo/choose/", undoing.choose_records, name="choose_undo"),
    path("<int:job_id>/undo/live/", undoing.show_undo_progress, name="undo_live"),
    path(
        "<int:job_id>/undo/counting/<int:survey_id>/",
        undoing.show_survey_progress,
        name="survey_live",
    ),
    path("<int:job_id>/undo/count/", undoing.count_again, name="count_undo"),
    path("<int:job_id>/undo/start/", undoing.start, name="start_undo"),
    path("<int:job_id>/undo/stop/", actions.stop_undo, name="stop_undo"),
    path("<int:job_id>/missing-users/", leavers.show_leavers, name="leavers"),
    path("<int:job_id>/missing-users.csv", leavers.export_leavers, name="export_leavers"),
    path("<int:job_id>/missing-users/live/", leavers.show_listing, name="leavers_live"),
    path("<int:job_id>/missing-users/compare/", leavers.compare_again, name="compare_leavers"),
    path("<int:job_id>/missing-users/disable/", disabling.show_disabling, name="disable"),
    path("<int:job_id>/missing-users/disable/live/", disabling.show_progress, name="disable_live"),
    path("<int:job_id>/missing-users/disable/start/", disabling.start, name="start_disabling"),
    path("<int:job_id>/missing-users/disable/stop/", disabling.stop, name="stop_disabling"),
    path("<int:job_id>/import-again/", undoing.import_again, name="import_again"),
    path("<int:job_id>/results/", results.list_results, name="results"),
    path("<int:job_id>/results/live/", results.show_retry_progress, name="results_live"),
    path("<int:job_id>/results/retry/", results.retry_records, name="retry"),
    path("<int:job_id>/results/download/", corrected_files.download, name="download"),
    path(
        "<int:job_id>/results/corrected-files/",
        corrected_files.offer_download,
        name="corrected_files",
    ),
    path(
        "<int:job_id>/results/corrected-files/upload/",
        corrected_files.upload_corrected_file,
        name="upload_corrected_file",
    ),
    path(
        "<int:job_id>/results/corrected-files/<int:file_id>/",
        corrected_files.show_corrected_file,
        name="corrected_file",
    ),
    path(
        "<int:job_id>/results/corrected-files/<int:file_id>/apply/",
        corrected_files.apply_corrected_file,
        name="apply_corrected_file",
    ),
    path(
        "<int:job_id>/error-groups/<slug:digest>/",
        error_groups.show_error_group,
        name="error_group",
    ),
    path(
        "<int:job_id>/error-groups/<slug:digest>/add/",
        error_groups.add_correction,
        name="add_correction",
    ),
    path(
        "<int:job_id>/error-groups/<slug:digest>/correct/",
        error_groups.correct_error_group,
        name="correct",
    ),
    path(
        "<int:job_id>/dry-run/corrections/<int:number>/remove/",
        corrections.remove_correction,
        name="remove_correction",
    ),
    path("<int:job_id>/results/<int:row_number>/", records.show_record, name="record"),
    path("<int:job_id>/results/<int:row_number>/edit/", edits.edit_record, name="edit"),
    path("<int:job_id>/activity_log/", activity_log.show_activity_log, name="activity_log"),
    path(
        "<int:job_id>/activity_log/<int:number>/undo/",
        error_groups.undo_correction,
        name="undo_correction",
    ),
]
