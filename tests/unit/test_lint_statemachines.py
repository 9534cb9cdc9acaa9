"""The linter of state machines finds each planted defect, and nothing in a sound definition."""

from pathlib import Path

import pytest

from local.lint_statemachines import lint, lint_all

RETRY = "    Retry:\n      - {ErrorEquals: [Lambda.ServiceException], MaxAttempts: 5, JitterStrategy: FULL}\n"
GOOD = """
QueryLanguage: JSONata
StartAt: AskCheck
States:
  AskCheck:
    Type: Task
    Resource: arn:aws:states:::lambda:invoke
    Arguments:
      FunctionName: "${CheckFunctionArn}"
      Payload: "{% $states.input %}"
    Retry:
      - {ErrorEquals: [Lambda.ServiceException], MaxAttempts: 5, JitterStrategy: FULL}
    Assign: {ordered: "{% $states.result.Payload.ordered %}"}
    Next: IsOrdered
  IsOrdered:
    Type: Choice
    Choices: [{Condition: "{% $ordered %}", Next: EndOrdered}]
    Default: WaitForOrder
  WaitForOrder: {Type: Wait, Seconds: 60, Next: FailForGood}
  EndOrdered: {Type: Succeed, Output: {reason: ordered}}
  FailForGood: {Type: Fail, Error: NoOrder, Cause: Nobody ordered}
"""
SUBSTITUTIONS = {"CheckFunctionArn"}

PLANTED = {
    "missing target": ("Next: IsOrdered", "Next: IsOrderd", "goes to IsOrderd, which does not exist"),
    "missing choice target": ("Next: EndOrdered}]", "Next: Nowhere}]", "goes to Nowhere"),
    "missing default": ("    Default: WaitForOrder\n", "", "needs a Default"),
    "unreachable": ("Next: FailForGood", "End: true", "FailForGood: nothing leads here"),
    "missing start": ("StartAt: AskCheck", "StartAt: Ask", "StartAt names Ask"),
    "misspelt type": ("Type: Wait", "Type: Wiat", "unknown Type Wiat"),
    "dead end": (", Next: FailForGood", "", "needs either Next or End"),
    "snake case": ("WaitForOrder", "wait_for_order", "PascalCase"),
    "no retry": (
        RETRY,
        "",
        "Task without Retry",
    ),
    "retry of everything": (
        "[Lambda.ServiceException]",
        "[States.ALL]",
        "retries States.ALL: name the errors",
    ),
    "no jitter": (", JitterStrategy: FULL", "", "JitterStrategy: FULL"),
    "silent failure": (", Cause: Nobody ordered", "", "must say its Cause"),
    "unknown placeholder": ("CheckFunctionArn", "ChekFunctionArn", "${ChekFunctionArn} is not among"),
    "unused substitution": ("${CheckFunctionArn}", "check", "substitution CheckFunctionArn is not used"),
    "unquoted placeholder": (
        'FunctionName: "${CheckFunctionArn}"',
        "FunctionName: ${CheckFunctionArn}",
        "must be quoted",
    ),
    "broken expression": ("{% $ordered %}", "{% $ordered and ( %}", "does not compile"),
    "half an expression": ('"{% $ordered %}"', '"{% $ordered"', "whole value"),
    "own clock": ("{% $ordered %}", "{% $ordered and $now() > '2026' %}", "reads the real clock"),
    "JSONPath": ("Seconds: 60", "Seconds: 60, ResultPath: $", "belongs to JSONPath"),
    "wrong language": ("QueryLanguage: JSONata\n", "", "QueryLanguage must be JSONata"),
    "not YAML": ("States:", "States: [", "is not YAML"),
}


def test_a_sound_definition_has_no_findings() -> None:
    assert lint(GOOD, SUBSTITUTIONS) == []


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_found(defect: str) -> None:
    sound, broken, finding = PLANTED[defect]
    assert sound in GOOD
    assert finding in "\n".join(lint(GOOD.replace(sound, broken), SUBSTITUTIONS))


def test_defects_inside_a_map_are_found() -> None:
    inner = "ItemProcessor: {StartAt: Gone, States: {There: {Type: Succeed}}}"
    text = GOOD.replace("Type: Wait, Seconds: 60", f"Type: Map, {inner}")
    assert "StartAt names Gone, which does not exist" in lint(text, SUBSTITUTIONS)


def test_a_file_that_the_template_does_not_use_is_found(tmp_path: Path) -> None:
    (tmp_path / "statemachines").mkdir()
    (tmp_path / "statemachines/forgotten.asl.yaml").write_text(GOOD)
    (tmp_path / "template.yaml").write_text(
        "Resources: {Gone: {Type: 'AWS::Serverless::StateMachine',"
        " Properties: {DefinitionUri: statemachines/g.yaml}}}"
    )
    assert lint_all(tmp_path) == [
        "statemachines/g.yaml: the template names it, but there is no such file",
        "statemachines/forgotten.asl.yaml: no state machine of the template uses it",
    ]
